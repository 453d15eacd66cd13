package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// The full URL of a stream, as in `http://127.0.0.1:4437/v1/stream/orders`.
///
/// @param uri absolute, percent-encoded, without query and fragment
record StreamUrl(URI uri) {
    /// Reads a URL from the command line.
    static final class Converter implements ITypeConverter<StreamUrl> {
        @Override
        public StreamUrl convert(String text) {
            try {
                return of(new URI(text));
            } catch (URISyntaxException e) {
                throw new TypeConversionException("'" + text + "' is no URL: " + e.getMessage());
            }
        }
    }

    private static StreamUrl of(URI uri) {
        String scheme = String.valueOf(uri.getScheme());
        boolean http = scheme.equals("http") || scheme.equals("https");
        if (!http || uri.getHost() == null) {
            throw new TypeConversionException(
                    "'"
                            + uri
                            + "' is no full URL; write for example"
                            + " http://127.0.0.1:4437/v1/stream/orders");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new TypeConversionException(
                    "'" + uri + "' has a query or a fragment; options say where to read");
        }
        return new StreamUrl(URI.create(uri.toASCIIString()));
    }

    /// Returns the same place with a query of `name, value, name, value ...`.
    URI with(String... query) {
        StringBuilder text = new StringBuilder(uri.toString());
        for (int i = 0; i < query.length; i += 2) {
            text.append(i == 0 ? '?' : '&').append(query[i]).append('=');
            text.append(URLEncoder.encode(query[i + 1], UTF_8));
        }
        return URI.create(text.toString());
    }

    /// Returns another stream, given by its full URL or by its path on the same server.
    ///
    /// @throws IllegalArgumentException if it is on another server, or no URL
    StreamUrl sibling(String text) {
        StreamUrl other = of(uri.resolve(text));
        if (!String.valueOf(uri.getRawAuthority()).equals(other.uri.getRawAuthority())) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' is on another server than "
                            + uri
                            + "; a fork stays on its server");
        }
        return other;
    }

    @Override
    public String toString() {
        return uri.toString();
    }
}
