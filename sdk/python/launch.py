"""Entry point of every container: the launcher, which runs the algorithm and restarts it."""
from berth._launcher import main

main()
