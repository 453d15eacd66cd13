package dev.siltstone.rangestore;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A layout for tests: `<level>/<first>-<last>.range`, positions as 16 lower hex digits.
public record HexNames(int levels) implements RangeNames {
    private static final Pattern NAME =
            Pattern.compile("(\\d)/([0-9a-f]{16})-([0-9a-f]{16})\\.range");

    @Override
    public String folder(int level) {
        return level + "/";
    }

    @Override
    public String nameOf(RangeId id) {
        return "%d/%016x-%016x.range".formatted(id.level(), id.first(), id.last());
    }

    @Override
    public Optional<RangeId> idOf(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int level = Integer.parseInt(matcher.group(1));
        long first = Long.parseUnsignedLong(matcher.group(2), 16);
        long last = Long.parseUnsignedLong(matcher.group(3), 16);
        return level < levels && Long.compareUnsigned(first, last) <= 0
                ? Optional.of(new RangeId(level, first, last))
                : Optional.empty();
    }
}
