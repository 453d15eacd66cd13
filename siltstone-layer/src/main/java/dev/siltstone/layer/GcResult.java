package dev.siltstone.layer;

/// What a collection did, in packs.
///
/// @param listed packs that were there
/// @param live of those, named by layers
/// @param condemned now; they go with a later collection
/// @param deleted now
/// @param waiting condemned before, and their grace is not over
public record GcResult(int listed, int live, int condemned, int deleted, int waiting) {}
