import itertools

from cnrs_kg.vocabulary.reference import Reference
from cnrs_kg.web.diagram import Diagram, drawn


def of(graph) -> tuple[Reference, Diagram]:
    reference = graph.references.of(graph.current())
    return reference, drawn(reference, lambda entry: entry.labels["fr"])


def test_every_class_is_a_box_inside_the_picture_and_no_two_overlap(graph):
    reference, found = of(graph)
    classes = {entry.name for entry in reference.ontology.entries.values() if entry.kind == "class"}
    assert {box.name for box in found.boxes} == classes and len(found.boxes) == len(classes)
    assert all(0 <= box.x and box.right <= found.width and box.y + box.height <= found.height for box in found.boxes)
    for one, other in itertools.combinations(found.boxes, 2):
        apart = one.right < other.x or other.right < one.x
        assert apart or one.y + one.height < other.y or other.y + other.height < one.y, (one.name, other.name)


def test_lines_lead_to_the_class_above(graph):
    _, found = of(graph)
    lines = {(below.name, above.name) for below, above in found.lines}
    assert ("InternationalJointUnit", "JointUnit") in lines and ("JointUnit", "Organisation") in lines
    assert all(above.right < below.x for below, above in found.lines)


def test_rows_are_what_shapes_say(graph):
    _, found = of(graph)
    office = next(box for box in found.boxes if box.name == "OfficeAbroad")
    assert [(row.label, row.value, row.value_name) for row in office.rows][:1] == [("couvre", "lieu", "Place")]
