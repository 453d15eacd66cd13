package dev.siltstone.stream;

/// Who sends an append, for recognising repeats.
///
/// @param id chosen by the client, 1 to [#ID_BYTES_MAX] bytes of UTF-8
/// @param producerEpoch raised by the client when it starts anew; 0 to 2^53 - 1
/// @param sequence counts the requests of one epoch from 0; at most 2^53 - 1
/// @see <a href="https://github.com/durable-streams/durable-streams/blob/main/PROTOCOL.md">Durable
///     Streams protocol, section 5.2.1, "Idempotent Producers"</a>
public record Producer(String id, long producerEpoch, long sequence) {
    /// Bound of an id.
    public static final int ID_BYTES_MAX = 256;

    /// Bound of the two numbers: what JavaScript can count to.
    public static final long NUMBER_MAX = (1L << 53) - 1;

    public Producer {
        int idBytes = id.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        if (idBytes < 1 || idBytes > ID_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a producer id has 1 to " + ID_BYTES_MAX + " bytes, this one " + idBytes);
        }
        if (producerEpoch < 0 || producerEpoch > NUMBER_MAX) {
            throw new IllegalArgumentException("producer epoch out of range: " + producerEpoch);
        }
        if (sequence < 0 || sequence > NUMBER_MAX) {
            throw new IllegalArgumentException("producer sequence out of range: " + sequence);
        }
    }
}
