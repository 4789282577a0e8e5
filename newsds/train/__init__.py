"""Fitting the segmenter: labelled pages, and training pages laid out from their content."""
