//! Who someone is: sessions of residents and staff, passwords, one-time passwords.

pub mod account;
pub mod one_time_password;
pub mod password;
pub mod session;
pub mod staff;
pub mod totp;
