package dev.siltstone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.Mutants;
import dev.siltstone.server.http.TargetFuzz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A short run of the fuzz targets of this module.
class HttpFuzzTest {
    @TempDir private Path directory;

    @Test
    void answersOrEndsWhateverIsSent() throws Exception {
        TestServer server = HttpFuzz.server(directory);
        try {
            server.put("/v1/stream/a", "text/plain", "text");
            server.put("/v1/stream/j", "application/json", "[1,2]");
            List<byte[]> corpus = new ArrayList<>(Mutants.corpus("http"));
            HostileRequests.all().stream()
                    .map(HostileRequest::bytes)
                    .filter(bytes -> bytes.length < 2_000)
                    .forEach(corpus::add);
            Mutants.feed(corpus, 500, HttpFuzz::fuzzerTestOneInput);
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
        } finally {
            HttpFuzz.stop();
        }
        Leaks.assertNone();
    }

    @Test
    void namesStreamsOrSaysWhatIsWrong() throws IOException {
        Mutants.feed(Mutants.corpus("request-target"), 10_000, TargetFuzz::fuzzerTestOneInput);
    }
}
