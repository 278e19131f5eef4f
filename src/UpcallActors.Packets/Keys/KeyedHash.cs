using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace UpcallActors.Packets;

/// <summary>
/// SipHash-1-3 over 64-bit words with its own secret, for each table whose keys strangers choose. Each bit of each word reaches each bit of
/// the hash, so without the secret many keys cannot be aimed at one bucket. The kernel's tables have <c>jhash</c> or <c>siphash</c> with a
/// random key there.
/// </summary>
internal readonly struct KeyedHash
{
    private readonly ulong _key0;
    private readonly ulong _key1;

    private KeyedHash(ulong key0, ulong key1)
    {
        _key0 = key0;
        _key1 = key1;
    }

    /// <summary>A hash with a random secret.</summary>
    public static KeyedHash Create()
    {
        Span<byte> key = stackalloc byte[16];
        RandomNumberGenerator.Fill(key);
        return new KeyedHash(BitConverter.ToUInt64(key), BitConverter.ToUInt64(key[8..]));
    }

    /// <summary>The hash of some words.</summary>
    public ulong Compute(params ReadOnlySpan<ulong> words)
    {
        Computation hash = Start();
        foreach (ulong word in words)
            hash.Add(word);
        return hash.Finish();
    }

    /// <summary>Begins a hash whose words come one by one; their number is to be the same for all keys of a table.</summary>
    public Computation Start() => new(_key0, _key1);

    /// <summary>A hash on its way.</summary>
    public ref struct Computation
    {
        private ulong _v0;
        private ulong _v1;
        private ulong _v2;
        private ulong _v3;

        internal Computation(ulong key0, ulong key1)
        {
            _v0 = key0 ^ 0x736f6d6570736575;
            _v1 = key1 ^ 0x646f72616e646f6d;
            _v2 = key0 ^ 0x6c7967656e657261;
            _v3 = key1 ^ 0x7465646279746573;
        }

        /// <summary>Takes in one word more.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(ulong word)
        {
            _v3 ^= word;
            Round();
            _v0 ^= word;
        }

        /// <summary>The hash of the words so far.</summary>
        public ulong Finish()
        {
            _v2 ^= 0xff;
            Round();
            Round();
            Round();
            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Round()
        {
            _v0 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
