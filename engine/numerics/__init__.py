"""Mathematics that numpy lacks, without scipy."""
