"""Requirements: three-valued evaluation of Boolean expression trees over facts of a participant."""
