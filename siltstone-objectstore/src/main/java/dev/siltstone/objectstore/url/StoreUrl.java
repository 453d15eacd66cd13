package dev.siltstone.objectstore.url;

import dev.siltstone.objectstore.s3.S3Profile;
import dev.siltstone.objectstore.s3.S3Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a store is, as users write it.
///
/// | text | store |
/// |---|---|
/// | `/var/backups/db`, `backups/db` | a directory |
/// | `file:///var/backups/db` | a directory |
/// | `s3://bucket/path?endpoint=URL&region=NAME&path-style=true&profile=minio&storage-class=NAME` | S3; every parameter may be left out |
/// | `s3://bucket//` | the same with keys that begin with a slash, as Litestream names them without a path |
///
/// Credentials never stand in a URL; they come from the usual AWS chain.
public sealed interface StoreUrl {
    /// @param path as given
    record Directory(Path path) implements StoreUrl {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    record S3(S3Settings settings) implements StoreUrl {
        @Override
        public String toString() {
            return settings.toString();
        }
    }

    Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://(.*)", Pattern.DOTALL);

    /// Reads what a user wrote.
    ///
    /// @throws IllegalArgumentException if it is no such URL; the message says why and what would be right
    static StoreUrl parse(String text) {
        Matcher matcher = SCHEME.matcher(text);
        if (!matcher.matches()) {
            return directory(text, text);
        }
        return switch (matcher.group(1).toLowerCase(Locale.ROOT)) {
            case "file" -> fileUrl(text, matcher.group(2));
            case "s3" -> s3Url(text, matcher.group(2));
            default ->
                    throw new IllegalArgumentException(
                            "%s: there is no store for %s://; use a path, file:///path or s3://bucket/path"
                                    .formatted(text, matcher.group(1)));
        };
    }

    private static StoreUrl fileUrl(String text, String rest) {
        if (!rest.startsWith("/")) {
            throw new IllegalArgumentException(
                    text + ": a file URL has three slashes: file:///path; or write just the path");
        }
        if (rest.contains("?")) {
            throw new IllegalArgumentException(text + ": a file URL has no parameters");
        }
        return directory(text, decoded(text, rest));
    }

    private static StoreUrl directory(String text, String path) {
        if (path.isEmpty()) {
            throw new IllegalArgumentException(
                    "an empty text is no URL; use a path or s3://bucket/path");
        }
        try {
            return new Directory(Path.of(path));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(text + ": " + e.getReason(), e);
        }
    }

    private static StoreUrl s3Url(String text, String rest) {
        int question = rest.indexOf('?');
        String place = question < 0 ? rest : rest.substring(0, question);
        int slash = place.indexOf('/');
        String bucket = slash < 0 ? place : place.substring(0, slash);
        if (bucket.contains("@")) {
            throw new IllegalArgumentException(
                    "credentials do not belong into a URL; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
        }
        if (!bucket.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new IllegalArgumentException(
                    text + ": no bucket; a URL of S3 looks like s3://bucket/path");
        }
        S3Settings settings =
                S3Settings.of(bucket, slash < 0 ? "" : prefix(text, place.substring(slash + 1)));
        return new S3(with(text, settings, question < 0 ? "" : rest.substring(question + 1)));
    }

    private static String prefix(String text, String path) {
        String prefix = decoded(text, path);
        if (prefix.isEmpty() || prefix.endsWith("/")) {
            return prefix;
        }
        return prefix + "/";
    }

    private static S3Settings with(String text, S3Settings settings, String query) {
        Map<String, String> parameters = parameters(text, query);
        S3Settings result = settings;
        if (parameters.containsKey("endpoint")) {
            result = result.withEndpoint(endpoint(text, take(parameters, "endpoint")));
        }
        if (parameters.containsKey("region")) {
            result = result.withRegion(take(parameters, "region"));
        }
        if (parameters.containsKey("path-style")) {
            result = result.withPathStyle(bool(text, take(parameters, "path-style")));
        }
        if (parameters.containsKey("profile")) {
            result = result.withProfile(profile(text, take(parameters, "profile")));
        }
        if (parameters.containsKey("storage-class")) {
            result = result.withStorageClass(take(parameters, "storage-class"));
        }
        if (!parameters.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s: unknown parameter %s; there are endpoint, region, path-style, profile, storage-class"
                            .formatted(text, String.join(", ", parameters.keySet())));
        }
        return result;
    }

    private static String take(Map<String, String> parameters, String name) {
        String value = parameters.remove(name);
        return value == null ? "" : value;
    }

    private static Map<String, String> parameters(String text, String query) {
        Map<String, String> parameters = new TreeMap<>();
        for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1 || equals == pair.length() - 1) {
                throw new IllegalArgumentException(
                        "%s: \"%s\" is not name=value".formatted(text, pair));
            }
            String name = pair.substring(0, equals);
            String value = URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
            if (parameters.put(name, value) != null) {
                throw new IllegalArgumentException(text + ": " + name + " is given twice");
            }
        }
        return parameters;
    }

    private static URI endpoint(String text, String value) {
        String url = value.contains("://") ? value : "https://" + value;
        try {
            URI endpoint = new URI(url);
            boolean isHttp =
                    "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
            if (isHttp && endpoint.getHost() != null && endpoint.getUserInfo() == null) {
                return endpoint;
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(text + ": endpoint: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException(
                text + ": the endpoint must look like https://host or http://host:port");
    }

    private static boolean bool(String text, String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw new IllegalArgumentException(
                            text + ": path-style is true or false, not " + value);
        };
    }

    private static S3Profile profile(String text, String value) {
        for (S3Profile profile : S3Profile.values()) {
            if (profile.name().toLowerCase(Locale.ROOT).equals(value)) {
                return profile;
            }
        }
        throw new IllegalArgumentException(
                "%s: unknown profile %s; there are %s"
                        .formatted(
                                text,
                                value,
                                Arrays.toString(S3Profile.values()).toLowerCase(Locale.ROOT)));
    }

    private static String decoded(String text, String encoded) {
        try {
            return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(text + ": " + e.getMessage(), e);
        }
    }
}
