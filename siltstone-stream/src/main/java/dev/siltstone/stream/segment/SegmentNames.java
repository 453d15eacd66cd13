package dev.siltstone.stream.segment;

import dev.siltstone.rangestore.RangeId;
import dev.siltstone.rangestore.RangeNames;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Names of segments: `<level %02d>/<start %020d>-<end %020d>.segment`. A [RangeId] names the last position
/// that belongs to it, the file name the first that does not.
///
/// @param levels how many there are, 1 to 100
public record SegmentNames(int levels) implements RangeNames {
    private static final int LEVELS_MAX = 100;
    private static final Pattern NAME = Pattern.compile("(\\d{2})/(\\d{20})-(\\d{20})\\.segment");

    /// @throws IllegalArgumentException if there are none, or too many
    public SegmentNames {
        if (levels < 1 || levels > LEVELS_MAX) {
            throw new IllegalArgumentException("levels " + levels + "; 1 to " + LEVELS_MAX);
        }
    }

    /// Returns the range that a segment's header tells of.
    public static RangeId rangeOf(SegmentHeader header) {
        return new RangeId(header.level(), header.start(), header.end() - 1);
    }

    @Override
    public String folder(int level) {
        return "%02d/".formatted(level);
    }

    @Override
    public String nameOf(RangeId id) {
        return folder(id.level()) + "%020d-%020d.segment".formatted(id.first(), id.last() + 1);
    }

    @Override
    public Optional<RangeId> idOf(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            int level = Integer.parseInt(matcher.group(1));
            long start = Long.parseLong(matcher.group(2));
            long end = Long.parseLong(matcher.group(3));
            return level < levels && start < end
                    ? Optional.of(new RangeId(level, start, end - 1))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty(); // more than a long holds
        }
    }
}
