"""Languages: the catalogue, what people write, levels, and who can stand in for whom."""

from scheduling.languages.names import LanguageAnswer, suggest, understand
from scheduling.languages.skills import LEVELS, SkillAnswer, level_rank, read_skills
from scheduling.languages.substitution import (
    NEVER,
    Substitution,
    stand_ins,
    substitution,
    substitution_table,
)
from scheduling.languages.table import Language, catalogue

__all__ = [
    "LEVELS",
    "NEVER",
    "Language",
    "LanguageAnswer",
    "SkillAnswer",
    "Substitution",
    "catalogue",
    "level_rank",
    "read_skills",
    "stand_ins",
    "substitution",
    "substitution_table",
    "suggest",
    "understand",
]
