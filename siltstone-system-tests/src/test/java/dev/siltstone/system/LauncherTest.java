package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./siltstone`, the launcher of a checkout, on machines where the wrong Java comes first, or none.
final class LauncherTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int NO_JDK = 69;

    private static Path oldJava(Path directory) throws IOException {
        Path home = directory.resolve("old-java");
        Path bin = Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.9\"\n");
        for (String tool : new String[] {"java", "javac"}) {
            Path fake =
                    Files.writeString(bin.resolve(tool), "#!/bin/sh\necho '" + tool + " 17.0.9'\n");
            assertThat(fake.toFile().setExecutable(true)).isTrue();
        }
        return home;
    }

    private static ProcessBuilder launcher(Path script, Path oldJava) {
        ProcessBuilder builder = new ProcessBuilder(script.toString(), "version");
        builder.environment().put("JAVA_HOME", oldJava.toString());
        builder.environment()
                .merge("PATH", "", (path, none) -> oldJava.resolve("bin") + ":" + path);
        return builder;
    }

    @Test
    void findsNewJdkBehindOldJava(@TempDir Path directory) throws Exception {
        ProcessBuilder builder = launcher(ROOT.resolve("siltstone"), oldJava(directory));
        Program.Result version = Program.run(builder, new byte[0]);
        assertThat(version.exitCode()).as(version.err()).isZero();
        assertThat(version.text()).startsWith("siltstone ");
    }

    @Test
    void saysWhatIsMissingWithoutNewEnoughJdk(@TempDir Path directory) throws Exception {
        Path script =
                Files.copy(
                        ROOT.resolve("siltstone"),
                        directory.resolve("siltstone"),
                        StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectory(directory.resolve(".mvn"));
        String search = Files.readString(ROOT.resolve(".mvn/find-jdk.sh"));
        Files.writeString(
                directory.resolve(".mvn/find-jdk.sh"),
                search.replaceFirst("(?m)^JDK_MINIMUM=\\d+", "JDK_MINIMUM=999"));
        Program.Result version = Program.run(launcher(script, oldJava(directory)), new byte[0]);
        assertThat(version.exitCode()).isEqualTo(NO_JDK);
        assertThat(version.err()).contains("JDK 999").contains("JAVA_HOME").contains("apt-get");
        assertThat(version.out()).isEmpty();
    }
}
