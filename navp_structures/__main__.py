"""``python -m navp_structures`` is the command ``navp``."""

from navp_structures.cli import main

if __name__ == "__main__":
    main(prog_name="python -m navp_structures")
