package dev.siltstone.layer;

import org.jspecify.annotations.Nullable;

/// What a push did.
///
/// @param identity of the layer
/// @param number of the commit that the name stands for now
/// @param isNew false if the name stood for the same layer before, and nothing was written
/// @param diffId SHA-256 of the whole tar, if it was computed now or before for this commit
/// @param tarBytes of the whole tar
/// @param newFrames that were packed
/// @param packs that were put
/// @param sentBytes of those
public record Pushed(
        String name,
        Digest identity,
        long number,
        boolean isNew,
        @Nullable Digest diffId,
        long tarBytes,
        long entries,
        long frames,
        long newFrames,
        long packs,
        long sentBytes) {}
