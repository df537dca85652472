"""Never public."""
