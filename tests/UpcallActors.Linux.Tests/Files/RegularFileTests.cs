using System.Text;

namespace UpcallActors.Linux.Tests;

public sealed class RegularFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("priority=1,actions=drop\n")]
    [InlineData("# Größe, 大小, 🦆\n")]
    public void A_text_is_read_whole_with_a_byte_order_mark_and_without(string text)
    {
        Encoding[] encodings = [new UTF8Encoding(false), Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32];
        foreach (Encoding encoding in encodings)
        {
            File.WriteAllText(_path, text, encoding);
            RegularFile.ReadText(_path).ShouldBe(text);
        }
    }

    [Fact]
    public void A_file_that_does_not_say_how_long_it_is_is_read_whole()
    {
        new FileInfo("/proc/filesystems").Length.ShouldBe(0);
        RegularFile.ReadText("/proc/filesystems").ShouldBe(File.ReadAllText("/proc/filesystems"));
    }

    [Fact]
    public void A_long_text_is_read_with_little_more_memory_than_it_takes()
    {
        const int Length = 1_000_000;
        File.WriteAllText(_path, new string('x', Length));
        RegularFile.ReadText(_path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        RegularFile.ReadText(_path).Length.ShouldBe(Length);
        // The text, and the characters that it is made of.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 * Length * 11 / 10);
    }
}
