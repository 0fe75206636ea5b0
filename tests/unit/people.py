"""Fifty made-up people as somebody might type them, by what gives them away. None of them exists."""

from __future__ import annotations

NAMES = (
    "Alice Johnson",
    "Satoshi Nakamoto",
    "María González",
    "Ngozi Okafor",
    "Priya Sharma",
    "Jürgen Müller",
    "Oluwaseun Adeyemi",
    "Wei Zhang",
    "Dmitri Volkov",
    "Fatima Al-Sayed",
    "Mark Rose",
    "Will Baker",
    "Grace Kimutai",
    "J. Lindqvist",
    "Dr. Steinbrenner",
    "Yuki Tanaka",
    "Xochitl Huerta",
    "Tom Vandermeer",
    "john doe",
    "O'Brien",
)
MAILS = (
    "alice.johnson@example.com",
    "bob+waves@post.example.org",
    "carol_77@sub.example.io",
    "dave (at) example (dot) com",
    "eve at example dot net",
    "FRANK@EXAMPLE.COM",
)
PHONES = (
    "+49 171 1234567",
    "+1 (415) 555-2671",
    "0044 20 7946 0958",
    "+351912345678",
    "(212) 555-0187",
    "030 23125 4567",
)
WALLETS = (
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x5290…9EE7",
    "vitalina.eth",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV3",
    "cosmos1sjllsnramtg3ewxqwwrwjxfgc4n4ef9u2lcnj0",
)
HANDLES = (
    "@cryptobob",
    "discord: wavemaker",
    "wave_maker#4821",
    "on telegram as nodequeen",
    "tg handle is zkwizard9",
    "t.me/nodequeen",
    "https://github.com/alicejx/dotfiles",
    "linkedin.com/in/alice-j-55",
    "@maria:matrix.example.org",
    "https://twitter.com/wavemaker",
    "npub1qqqsyrhqy2a3e4mq8m8yq0x9ay8xuv4t",
)

PEOPLE = (*NAMES, *MAILS, *PHONES, *WALLETS, *HANDLES)
"""Fifty, each once."""
