package dev.siltstone.stream;

import java.util.Optional;

/// A place in a stream: the lineage and the wire bytes before it.
///
/// Written as `%016d_%016d`, so that offsets of one stream sort as text like they sort as numbers. The
/// lineage is the identity of the stream's root: a fork shares it with its source, a stream that is
/// deleted and created again gets another. Two zeros are the beginning of any stream.
///
/// @param lineage position of the create entry of the stream's root; 0 only in [#BEGINNING]
/// @param wireByte bytes of the stream before this place, as stored: JSON messages each end in a comma
/// @see <a href="https://github.com/durable-streams/durable-streams/blob/main/PROTOCOL.md">Durable
///     Streams protocol, section 8, "Offsets"</a>
public record Offset(long lineage, long wireByte) implements Comparable<Offset> {
    /// The beginning of any stream; what `-1` means.
    public static final Offset BEGINNING = new Offset(0, 0);

    private static final int DIGITS = 16;
    private static final int TEXT_LENGTH = 2 * DIGITS + 1;
    private static final long NUMBER_MAX = 9_999_999_999_999_999L;

    public Offset {
        if (lineage < 0 || lineage > NUMBER_MAX || wireByte < 0 || wireByte > NUMBER_MAX) {
            throw new IllegalArgumentException("offset out of range: " + lineage + "_" + wireByte);
        }
    }

    /// Reads the text form.
    ///
    /// @return empty if `text` is not of that form
    public static Optional<Offset> parse(CharSequence text) {
        if (text.length() != TEXT_LENGTH || text.charAt(DIGITS) != '_') {
            return Optional.empty();
        }
        long lineage = number(text, 0);
        long wireByte = number(text, DIGITS + 1);
        return lineage < 0 || wireByte < 0
                ? Optional.empty()
                : Optional.of(new Offset(lineage, wireByte));
    }

    /// Says whether this is the beginning of any stream, whatever its lineage.
    public boolean isBeginning() {
        return lineage == 0 && wireByte == 0;
    }

    @Override
    public int compareTo(Offset other) {
        int byLineage = Long.compare(lineage, other.lineage);
        return byLineage != 0 ? byLineage : Long.compare(wireByte, other.wireByte);
    }

    @Override
    public String toString() {
        byte[] text = new byte[TEXT_LENGTH];
        digits(lineage, text, 0);
        text[DIGITS] = '_';
        digits(wireByte, text, DIGITS + 1);
        return new String(text, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static void digits(long number, byte[] text, int from) {
        long rest = number;
        for (int i = from + DIGITS - 1; i >= from; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    private static long number(CharSequence text, int from) {
        long number = 0;
        for (int i = from; i < from + DIGITS; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + (c - '0');
        }
        return number;
    }
}
