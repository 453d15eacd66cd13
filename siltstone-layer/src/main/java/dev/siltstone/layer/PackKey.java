package dev.siltstone.layer;

import dev.siltstone.objectstore.ObjectKey;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of a pack: `packs/<session>/<number %08d>`. Never used again once its pack was deleted.
///
/// @param number 0 to [#NUMBER_MAX], in the order in which the session began its packs
record PackKey(Session session, int number) implements Comparable<PackKey> {
    static final int NUMBER_MAX = 99_999_999;
    static final String PREFIX = "packs/";

    private static final Pattern KEY =
            Pattern.compile("packs/(\\d{20})-([0-9a-f]{16})([0-9a-f]{16})/(\\d{8})");

    /// Of no pack: a session that begins before the first record has random bits.
    static final PackKey NONE = new PackKey(new Session(0, 0, 0), 0);

    PackKey {
        if (number < 0 || number > NUMBER_MAX) {
            throw new IllegalArgumentException("pack number " + number);
        }
    }

    ObjectKey objectKey() {
        return ObjectKey.of(toString());
    }

    /// Returns the text that sorts before the packs of all sessions that began at `began` or later.
    static String before(long began) {
        return PREFIX + "%020d".formatted(began);
    }

    /// Returns nothing if it is not the key of a pack.
    static Optional<PackKey> of(ObjectKey key) {
        Matcher matcher = KEY.matcher(key.value());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            Session session =
                    new Session(
                            Long.parseLong(matcher.group(1)),
                            Long.parseUnsignedLong(matcher.group(2), 16),
                            Long.parseUnsignedLong(matcher.group(3), 16));
            return Optional.of(new PackKey(session, Integer.parseInt(matcher.group(4))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(PackKey other) {
        int compared = session.compareTo(other.session);
        return compared != 0 ? compared : Integer.compare(number, other.number);
    }

    @Override
    public String toString() {
        return PREFIX + session + "/%08d".formatted(number);
    }
}
