"""Registries: their records harvested into named graphs of their own."""
