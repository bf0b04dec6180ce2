import pytest

from cnrs_kg.errors import IllegalTransition
from cnrs_kg.submissions.states import Action, State, actions, after

STEPS = {
    ("open", "amend"): "open",
    ("open", "accept"): "accepted",
    ("open", "reject"): "rejected",
    ("open", "withdraw"): "withdrawn",
    ("open", "request-changes"): "changes-requested",
    ("changes-requested", "amend"): "open",
    ("changes-requested", "reject"): "rejected",
    ("changes-requested", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", [action for action in Action if action is not Action.SUBMIT])
def test_a_step_leads_on_or_is_refused(state: State, action: Action) -> None:
    target = STEPS.get((state, action))
    assert (action in actions(state)) is (target is not None)
    if target is not None:
        assert after(3, state, action) == target
        return
    with pytest.raises(IllegalTransition) as caught:
        after(3, state, action)
    assert caught.value.extra["state"] == state and "submission 3" in caught.value.detail and caught.value.advice
