"""How root is given up."""

import os


def down(number, folder):
    """Hand a folder over to a user, and become that user."""
    os.chown(folder, number, number)
    os.setgid(number)
    os.setuid(number)
