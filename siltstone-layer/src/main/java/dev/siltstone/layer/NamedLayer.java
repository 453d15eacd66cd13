package dev.siltstone.layer;

import java.time.Instant;

/// A name of the store and the layer it stands for.
///
/// @param number of the record that committed it
/// @param committed time of the machine that did, to the millisecond
/// @param tarBytes of its whole tar
/// @param packs all that its frames and pages lie in
record NamedLayer(
        String name,
        long number,
        Instant committed,
        Digest identity,
        long tarBytes,
        long entries,
        PackSet packs) {}
