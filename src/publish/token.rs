//! The token: it goes into the requests and nowhere else.
//!
//! It has no `Display`, and its `Debug` says nothing. What a server answers may
//! hold it again, so every text of a server passes [`Token::hidden_in`].

use std::fmt;

/// What stands in the place of the token.
const HIDDEN: &str = "[token]";

/// A secret that opens the API of a repository.
pub struct Token(String);

impl Token {
    /// A token as the environment has it; blanks around it are taken away.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if text.is_empty() {
            return Err("it is empty");
        }
        if text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err("it has characters that no token has")
        }
    }

    /// The text, for the header of a request.
    #[cfg(feature = "github")]
    pub(super) fn revealed(&self) -> &str {
        &self.0
    }

    /// A text with something else in every place of the token.
    pub fn hidden_in(&self, text: &str) -> String {
        text.replace(&self.0, HIDDEN)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn a_token_is_not_shown() {
        let token = Token::new(" ghs_canary\n").expect("is one");
        assert_eq!(format!("{token:?}"), "Token");
        assert_eq!(token.hidden_in("Bearer ghs_canary, ghs_canary"), "Bearer [token], [token]");
        for none in ["", " \n", "a b", "a\nb", "ä", "a\u{7f}"] {
            assert!(Token::new(none).is_err(), "{none:?}");
        }
    }
}
