namespace UpcallActors.Fuzz.Tests;

/// <summary>Inputs of a target: its corpus, changed by structure where the target knows how, and by bytes.</summary>
internal static class Mutation
{
    /// <summary>Of inputs that were made by structure so many are changed by bytes beside.</summary>
    private const double Broken = 0.25;

    /// <summary>Another input.</summary>
    public static byte[] Next(FuzzTarget target, IReadOnlyList<byte[]> corpus, Random random)
    {
        if (target.Make is not { } make || random.Next(3) == 0)
            return OfBytes(corpus, random, 1 + random.Next(4));
        byte[] made = make(random);
        return random.NextDouble() < Broken ? OfBytes([made], random, 1) : made;
    }

    private static byte[] OfBytes(IReadOnlyList<byte[]> corpus, Random random, int changes)
    {
        var bytes = new List<byte>(corpus[random.Next(corpus.Count)]);
        for (; changes > 0; changes--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(12), bytes.Count - at));
                    break;
                case 3:
                    byte[] other = corpus[random.Next(corpus.Count)];
                    int from = random.Next(other.Length + 1);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(24))]);
                    break;
                default:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
            }
        }

        return [.. bytes];
    }
}
