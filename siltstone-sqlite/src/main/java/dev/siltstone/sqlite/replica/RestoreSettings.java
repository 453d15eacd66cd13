package dev.siltstone.sqlite.replica;

/// How a restore works.
///
/// @param parallelism how many pieces are fetched and decoded at once; each takes about 1.2 MiB of memory
/// @param rangeBytes length of a piece, at most 16 MiB
/// @param filesAtOnce how many files' indexes are fetched at once
/// @param plansMax how often a plan is made: once, and again each time a file of it was deleted meanwhile
public record RestoreSettings(int parallelism, long rangeBytes, int filesAtOnce, int plansMax) {
    public static final RestoreSettings DEFAULT = new RestoreSettings(8, 16L << 20, 16, 5);

    private static final long RANGE_BYTES_MAX = 16L << 20;

    public RestoreSettings {
        if (parallelism < 1 || filesAtOnce < 1 || plansMax < 1) {
            throw new IllegalArgumentException("bounds must be positive");
        }
        if (rangeBytes < 1 || rangeBytes > RANGE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "pieces of %d bytes; 1 to %d are possible"
                            .formatted(rangeBytes, RANGE_BYTES_MAX));
        }
    }

    public RestoreSettings withRangeBytes(long bytes) {
        return new RestoreSettings(parallelism, bytes, filesAtOnce, plansMax);
    }

    public RestoreSettings withParallelism(int pieces) {
        return new RestoreSettings(pieces, rangeBytes, filesAtOnce, plansMax);
    }
}
