"""How files arrive: folders, archives, landing, and which feed a file belongs to."""
