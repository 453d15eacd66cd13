package dev.siltstone.layer;

import java.time.Instant;

/// A name of the store, and what it stands for.
///
/// @param number of the commit
/// @param committed when, by the clock of the machine that pushed
/// @param identity digest of the layer's manifest
/// @param tarBytes of its whole tar
/// @param packs that it lies in, alone or with others
public record LayerInfo(
        String name,
        long number,
        Instant committed,
        Digest identity,
        long tarBytes,
        long entries,
        int packs) {}
