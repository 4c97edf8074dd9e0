"""Before hours are spent: what is missing (`akb doctor`), what it would cost (`akb plan`), what moves (`akb pin`)."""
