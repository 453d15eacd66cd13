package dev.siltstone.objectstore;

import java.time.Instant;

/// One line of a listing.
///
/// @param bytes size of the object
/// @param modified as in [ObjectInfo#modified()]
public record ListedObject(ObjectKey key, long bytes, Instant modified) {}
