"""The Airflow of demo, tests and `make up`: real servers on loopback, below the data root."""
