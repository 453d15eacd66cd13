package dev.siltstone.sqlite.ltx;

import java.util.Optional;

/// The name of a LTX file: `<min>-<max>.ltx`, two TXIDs of 16 lower hexadecimal digits each.
///
/// @param min the first transaction in the file, at least 1
/// @param max the last one, at least `min`
public record LtxName(Txid min, Txid max) {
    private static final int LENGTH = 37;
    private static final String SUFFIX = ".ltx";

    public LtxName {
        if (min.isZero() || min.isAfter(max)) {
            throw new IllegalArgumentException("no range of transactions: " + min + "-" + max);
        }
    }

    /// Parses a name.
    ///
    /// @return empty if it is no name of a LTX file, or of an impossible one
    public static Optional<LtxName> parse(String name) {
        if (name.length() != LENGTH || name.charAt(16) != '-' || !name.endsWith(SUFFIX)) {
            return Optional.empty();
        }
        Optional<Txid> min = Txid.parse(name.substring(0, 16));
        Optional<Txid> max = Txid.parse(name.substring(17, 33));
        if (min.isEmpty() || max.isEmpty()) {
            return Optional.empty();
        }
        boolean possible = !min.get().isZero() && !min.get().isAfter(max.get());
        return possible ? Optional.of(new LtxName(min.get(), max.get())) : Optional.empty();
    }

    @Override
    public String toString() {
        return min + "-" + max + SUFFIX;
    }
}
