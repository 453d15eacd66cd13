package dev.siltstone.objectstore.url;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.RealDisk;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.PutOptions;
import dev.siltstone.objectstore.s3.S3Profile;
import dev.siltstone.objectstore.s3.S3Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreUrlTest {
    @TempDir Path temporary;

    @ParameterizedTest
    @CsvSource({
        "/var/backups/db, /var/backups/db",
        "backups/db, backups/db",
        "./db, ./db",
        "file:///var/backups/db, /var/backups/db",
        "file:///with%20space/a+b, /with space/a+b",
        "FILE:///x, /x",
    })
    void readsDirectories(String text, String path) {
        assertThat(StoreUrl.parse(text)).isEqualTo(new StoreUrl.Directory(Path.of(path)));
    }

    @Test
    void readsS3() {
        assertThat(s3("s3://bucket/some/path")).isEqualTo(S3Settings.of("bucket", "some/path/"));
        assertThat(s3("s3://bucket")).isEqualTo(S3Settings.of("bucket", ""));
        assertThat(s3("s3://bucket/")).isEqualTo(S3Settings.of("bucket", ""));
        assertThat(s3("s3://bucket//")).isEqualTo(S3Settings.of("bucket", "/"));
        assertThat(s3("s3://bucket/a%20b/")).isEqualTo(S3Settings.of("bucket", "a b/"));

        S3Settings full =
                s3(
                        "s3://bucket/db?endpoint=http://127.0.0.1:9000&region=eu-1&path-style=false"
                                + "&profile=other&storage-class=GLACIER_IR");
        assertThat(full.endpoint()).isEqualTo(URI.create("http://127.0.0.1:9000"));
        assertThat(full.region()).isEqualTo("eu-1");
        assertThat(full.pathStyle()).isFalse();
        assertThat(full.profile()).isEqualTo(S3Profile.OTHER);
        assertThat(full.storageClass()).isEqualTo("GLACIER_IR");
        assertThat(full).hasToString("s3://bucket/db?endpoint=http://127.0.0.1:9000");
    }

    @Test
    void guessesTheProfileByTheEndpoint() {
        assertThat(s3("s3://b/x").profile()).isEqualTo(S3Profile.AWS);
        assertThat(s3("s3://b/x?endpoint=https://s3.eu-central-1.amazonaws.com").profile())
                .isEqualTo(S3Profile.AWS);
        assertThat(s3("s3://b/x?endpoint=acc.r2.cloudflarestorage.com").profile())
                .isEqualTo(S3Profile.R2);
        assertThat(s3("s3://b/x?endpoint=http%3A%2F%2Fminio%3A9000").profile())
                .isEqualTo(S3Profile.MINIO);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gs://bucket/x | there is no store for gs://",
                "'' | empty",
                "file://x | three slashes",
                "file:///x?a=b | no parameters",
                "s3:///x | no bucket",
                "s3:// | no bucket",
                "s3://bucket/x?endpiont=http://h | unknown parameter endpiont; there are endpoint, region",
                "s3://bucket/x?path-style=yes | true or false",
                "s3://bucket/x?profile=ceph | unknown profile ceph; there are [aws, minio, r2, other]",
                "s3://bucket/x?region | not name=value",
                "s3://bucket/x?region= | not name=value",
                "s3://bucket/x?region=a&region=b | given twice",
                "s3://bucket/x?endpoint=ftp://h | https://host",
                "s3://key:secret@bucket/x | credentials do not belong into a URL",
            })
    void saysWhatIsWrong(String text, String reason) {
        assertThatThrownBy(() -> StoreUrl.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void doesNotRepeatASecret() {
        assertThatThrownBy(() -> StoreUrl.parse("s3://key:sesame@bucket/x"))
                .hasMessageNotContaining("sesame");
    }

    @Test
    void opensADirectory() throws IOException {
        StoreFactory factory =
                new StoreFactory(new RealDisk(), InstantSource.system(), new Random(1));
        StoreUrl url = StoreUrl.parse("file://" + temporary.resolve("new"));

        assertThatThrownBy(() -> factory.openForReading(url))
                .isInstanceOf(NoSuchFileException.class);
        try (ObjectStore store = factory.open(url)) {
            store.put(ObjectKey.of("a"), ObjectBody.of(new byte[3]), PutOptions.NONE);
        }
        try (ObjectStore store = factory.openForReading(url)) {
            assertThat(store.head(ObjectKey.of("a")).bytes()).isEqualTo(3);
        }
    }

    private static S3Settings s3(String text) {
        return ((StoreUrl.S3) StoreUrl.parse(text)).settings();
    }
}
