"""All the rules, in the order of the tables."""

from cnrs_kg.reasoning.rules import cax, cls, dt, eq, project, prp, scm
from cnrs_kg.reasoning.rules.model import Rule

OWL_RL: tuple[Rule, ...] = (*eq.RULES, *prp.RULES, *cls.RULES, *cax.RULES, *dt.RULES, *scm.RULES)
PROJECT: tuple[Rule, ...] = project.RULES
ALL: tuple[Rule, ...] = (*OWL_RL, *PROJECT)
