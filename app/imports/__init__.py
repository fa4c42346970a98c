"""A pool's lists: read whatever shape they have, and tell the fate of every row."""

from app.imports.drafts import InstitutionDraft, RequestDraft, VolunteerDraft
from app.imports.institutions import KnownInstitution
from app.imports.judging import Judged, judge
from app.imports.lists import Lists, read_files, read_folder
from app.imports.refusals import ListError
from app.imports.requests import Policy
from app.imports.sentences import sentence
from app.imports.verdicts import Question, Verdict

__all__ = [
    "InstitutionDraft",
    "Judged",
    "KnownInstitution",
    "ListError",
    "Lists",
    "Policy",
    "Question",
    "RequestDraft",
    "Verdict",
    "VolunteerDraft",
    "judge",
    "read_files",
    "read_folder",
    "sentence",
]
