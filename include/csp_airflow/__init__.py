"""The Airflow face of the platform: DAG parts, and a local Airflow for demo and tests."""
