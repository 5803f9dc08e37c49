"""How the shop's tables are read and written, and nothing else."""
