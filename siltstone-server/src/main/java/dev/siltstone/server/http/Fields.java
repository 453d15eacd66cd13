package dev.siltstone.server.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The header fields of a request. Names are compared without regard to case; those asked for are in lower
/// case.
interface Fields {
    /// Returns the first value of a field; `null` if it is not there.
    @Nullable String get(AsciiString name);

    /// Returns how often a field is there.
    int count(AsciiString name);

    /// Returns all values of a field, in order.
    List<String> getAll(AsciiString name);

    /// Returns fields as Netty's codecs have them.
    static Fields of(HttpHeaders headers) {
        return new Decoded(headers);
    }

    /// Fields of a request that a codec took apart.
    record Decoded(HttpHeaders headers) implements Fields {
        @Override
        public @Nullable String get(AsciiString name) {
            return headers.get(name);
        }

        @Override
        public int count(AsciiString name) {
            return getAll(name).size();
        }

        @Override
        public List<String> getAll(AsciiString name) {
            return headers.getAll(name);
        }
    }
}
