"""`python -m cnrs_kg` is `cnrs-kg`."""

from cnrs_kg.cli.main import main

if __name__ == "__main__":
    main()
