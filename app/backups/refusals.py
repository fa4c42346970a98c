"""Why a backup was not taken or not restored."""


class BackupError(Exception):
    """Nothing was written; the message is one sentence for the operator."""


class Damaged(BackupError):
    """The file is not what was written when the backup was taken."""

    def __init__(self, why: str) -> None:
        super().__init__(f"This backup is damaged: {why}. Nothing was restored; take another one.")
