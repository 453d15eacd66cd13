package dev.siltstone.sqlite.replica;

/// Some pages of a database that follow each other.
///
/// @param first number of the first one
/// @param last number of the last one
record PageSlice(long first, long last) {}
