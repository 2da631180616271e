"""What the loader of sales and the importer of a CRM share: tables in, rejects out, one company."""
