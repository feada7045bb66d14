"""What stops a command: a cause and a remedy, told in one line."""


class PlimsollError(Exception):
    """A condition that the user can mend.

    Args:
        cause: what is wrong, with the name or value that shows it.
        remedy: what to do about it.

    """

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause}: {remedy}")
        self.cause = cause
        self.remedy = remedy
