"""Nothing that names a person is written anywhere."""
