package dev.siltstone.stream;

/// How many streams a [StreamLog] keeps in memory. Those in use are kept in any case: read by somebody who
/// waits for more, or forked into one that is kept.
///
/// @param idleMax streams that are settled and not in use; the latest used stay
/// @param changedWanted streams with entries that are not settled; with more, settling is asked for
/// @param changedMax the same; with more, no other stream is created or changed until some are settled
public record ResidencySettings(int idleMax, int changedWanted, int changedMax) {
    public ResidencySettings {
        if (idleMax < 0 || changedWanted < 1 || changedMax < changedWanted) {
            throw new IllegalArgumentException(
                    "%d idle, %d changed streams wanted, at most %d"
                            .formatted(idleMax, changedWanted, changedMax));
        }
    }

    /// 10,000 idle streams; settling with 120,000 changed ones, of which at most 150,000: a pass costs something for
    /// each stream, which is little only if many appends share it. A stream in memory takes about 900 bytes.
    public static ResidencySettings defaults() {
        return new ResidencySettings(10_000, 120_000, 150_000);
    }

    public ResidencySettings withIdleMax(int changed) {
        return new ResidencySettings(changed, changedWanted, changedMax);
    }

    public ResidencySettings withChanged(int newWanted, int newMax) {
        return new ResidencySettings(idleMax, newWanted, newMax);
    }
}
