using System.Globalization;
using System.Text;

namespace UpcallActors.Kernel.Tests.Fuzz;

public sealed class SocketTableFuzzTests
{
    internal const string Seed =
        "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n" +
        "00000000d52a3bd7 16  812        00000551 0        0        0     2        0        2871\n" +
        "00000000aa13bd70 16  3170893824 00000000 0        0        0     2        0        2901\n";

    [Fact]
    public void Whatever_stands_there_is_read_or_left_out()
    {
        byte[] seed = Encoding.ASCII.GetBytes(Seed);
        SocketTableFuzz.Run(seed).ShouldBe(2);
        var random = new Random(1);
        int iterations = int.TryParse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture,
            out int set) ? set : 3000;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            byte[] mutated = [.. seed.AsSpan(0, random.Next(seed.Length + 1))];
            for (int change = random.Next(8); change >= 0 && mutated.Length != 0; change--)
                mutated[random.Next(mutated.Length)] = random.Next(3) == 0
                    ? (byte)random.Next(256)
                    : (byte)"0123456789- \n,"[random.Next(14)];
            SocketTableFuzz.Run(mutated).ShouldBeLessThanOrEqualTo(mutated.Length);
        }
    }
}
